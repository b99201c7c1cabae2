//! Doubles of other systems, on loopback: tests run against them, and the demonstration can have one beside it. They know nothing of
//! Northing but its values, and hold invented data alone.

pub mod azure_devops;
