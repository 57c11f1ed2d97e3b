//! The runner: the engine on real clocks, sockets and threads, and what it prints and writes.
