"""The handbook inside the app: pages of Markdown, searched, with pictures that the tests take."""
