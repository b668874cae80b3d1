"""The gallery: workflows that businesses use, to be filled in and made one's own."""
