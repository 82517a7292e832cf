"""Pictures of codes, photographed and made, read by our pipeline and by each decoder alone: python -m tests.corpus."""
