"""The voice application server: announcements, menus, voicemail, queues, conferences."""
