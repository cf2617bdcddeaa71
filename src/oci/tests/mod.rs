//! Behaviour of the copy engine, against registries that none of us wrote and one that misbehaves on purpose.
