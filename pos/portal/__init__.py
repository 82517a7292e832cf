"""The producer's pages: own sales, own stock, nobody else's."""
