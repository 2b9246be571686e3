//! Session machines and packet codecs: no socket, no clock, no random source of their own.
