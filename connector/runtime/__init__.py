"""Settings, manifest, secrets and logging of one running deployment."""
