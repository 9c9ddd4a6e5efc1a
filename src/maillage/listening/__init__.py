"""Anonymous surveys of patients, carers and professionals, and what was done of what they said."""
