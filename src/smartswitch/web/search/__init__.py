"""The one search box: a text, looked for among everything that the viewer may see."""
