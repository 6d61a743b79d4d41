// The tests of this module stand beside this file.
