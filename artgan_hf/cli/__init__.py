"""The command `artgan`: one module per subcommand, each with an `add_parser`."""
