//! Every query, the migrations, and what differs between the two engines.
