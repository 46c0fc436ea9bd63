"""What people and programs see; renders views and takes commands, with no arithmetic of its own."""
