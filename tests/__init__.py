"""The tests, laid out as the source is: fakes of the same Protocols, simulators over real HTTP, never mocks."""
