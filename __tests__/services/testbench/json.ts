// biome-ignore lint/suspicious/noExplicitAny: what came over the wire, as a test reads it
export type Json = any;
