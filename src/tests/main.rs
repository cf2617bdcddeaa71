//! Behaviour, told as stories against PostgreSQL, the sandbox and a real registry; and the house rules, as tests.

mod tidy;
