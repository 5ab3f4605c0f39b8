/** GB of a machine's first disk: the system, the services and their packages. */
export const MACHINE_DISK_GB = 20;

/** GB of the disk that each machine of Spark works on. */
export const SPARK_DISK_GB = 64;

/** Metrics of detailed monitoring that a machine has, and pays for one by one. */
export const MACHINE_METRICS = 7;

/** Zones that MSK puts brokers in, at most. */
export const BROKER_ZONES = 3;
