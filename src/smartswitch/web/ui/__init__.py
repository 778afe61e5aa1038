"""What all pages share: the frame, components, formats, assets, and the headers that protect them."""
