"""What a script needs of others: Debian's packages on the machine, PyPI's in a virtual environment of their own."""

import glob
import os
import shutil
import subprocess
import sys
import venv


def install(packages):
    """Installs Debian packages that provide programs or files which are missing.

    packages: name of the package -> a program on PATH, or a pattern of the path of a file that it brings.
    """
    missing = [name for name, proof in packages.items() if not (glob.glob(proof) or shutil.which(proof))]
    if not missing:
        return
    print("installing " + " ".join(missing), file=sys.stderr)
    root = [] if os.geteuid() == 0 else ["sudo"]
    apt = root + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    for command in (apt + ["update", "-qq"], apt + ["install", "-y", "-qq", "--no-install-recommends"] + missing):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def python_with(packages, directory):
    """Makes a virtual environment in `directory` with packages of PyPI. Returns its Python."""
    install({"python3-venv": "/usr/lib/python3*/ensurepip"})
    venv.create(directory, with_pip=True)
    python = os.path.join(directory, "bin", "python")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return python
