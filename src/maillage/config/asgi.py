"""The web application that `maillage serve` runs."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
# A static file is read whole by a thread, which is what is wanted of it: nothing to say at each start.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
application = get_asgi_application()
