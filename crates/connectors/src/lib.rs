//! Readers of foreign files and, later, clients of other systems.
