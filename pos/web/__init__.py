"""What all views share: rights, errors, reasons as sentences, formats, forms."""
