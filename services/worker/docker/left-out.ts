/**
 * Stands in the bundle for what dockerode loads and the agent never uses: engines behind ssh, and sessions with BuildKit. That
 * halves the time to start. The flags are in package.json.
 */
export class Client {
  constructor() {
    throw new Error('DOCKER_HOST with ssh:// is not supported: use a socket, unix:// or tcp://');
  }
}
