"""What the public gets: layers by allow-list, approval, frozen copies, files, services, portal."""
