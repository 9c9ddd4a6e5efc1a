"""Rules of governance: quorum, proxies, majorities, notice; no framework."""
