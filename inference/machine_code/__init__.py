"""Compiled models that outlive their process: their key, their machine code, and the folder it is kept in."""
