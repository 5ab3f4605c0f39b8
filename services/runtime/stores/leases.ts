/** Which processes of a group are there, so that they share the work. */
export interface Leases {
  /** This process is there for another `seconds`. */
  beat(group: string, instance: string, seconds: number): Promise<void>;
  /** All whose time has not run out, in order of their names. */
  members(group: string): Promise<string[]>;
  /** This process goes. */
  leave(group: string, instance: string): Promise<void>;
}
