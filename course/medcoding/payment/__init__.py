"""What coding pays: how codes group and weigh. Each part is a module of its own and is loaded when it is first used."""
