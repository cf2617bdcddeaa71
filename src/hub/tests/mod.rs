//! Behaviour of the client against a small pretend Docker Hub.
