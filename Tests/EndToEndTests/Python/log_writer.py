"""A program that writes numbered lines to a log file and does not stop by itself.

  log_writer.py FILE CONTROL_DIRECTORY

Each line goes out in one write, whole, as loggers do it. Before every line the program looks whether FILE is still the
file that it has open, and opens FILE anew when not, as Python's WatchedFileHandler does after a rotation by rename; of
a rotation it knows nothing else, so that lines still reach the renamed file. Files in CONTROL_DIRECTORY steer it:
`pause` (answered with `paused`) and its removal (answered by the removal of `paused`), and `stop`. `written` has how
many lines it has written so far. At the end it prints that as JSON.
"""
import json
import os
import random
import sys
import time


def main():
    path, control = sys.argv[1:]
    generator = random.Random(7)
    number = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def note(name, text):
        temporary = os.path.join(control, name + ".new")
        with open(temporary, "w") as file:
            file.write(text)
        os.rename(temporary, os.path.join(control, name))

    while not os.path.exists(os.path.join(control, "stop")):
        if os.path.exists(os.path.join(control, "pause")):
            note("paused", str(number))
            while os.path.exists(os.path.join(control, "pause")):
                time.sleep(0.005)
            os.remove(os.path.join(control, "paused"))
        # Not before every single line: others follow into a renamed file, as with loggers that look now and then.
        for _ in range(generator.randint(1, 40)):
            number += 1
            filler = "x" * generator.choice((0, 3, 40, 400))
            os.write(descriptor, f"line number={number} filler={filler} end\n".encode())
        note("written", str(number))
        time.sleep(generator.random() * 0.02)
        try:
            there, mine = os.stat(path), os.fstat(descriptor)
            moved = (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino)
        except FileNotFoundError:
            moved = True
        if moved:
            os.close(descriptor)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.close(descriptor)
    print(json.dumps({"written": number}))


main()
