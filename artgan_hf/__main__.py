"""`python -m artgan_hf` is the command `artgan`."""

import sys

from artgan_hf.cli.main import main

sys.exit(main())
