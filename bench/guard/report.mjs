// What a measured process tells its parent: where it listens, and, when asked, the CPU that it has used.
import process from 'node:process';

export function report(server) {
  process.send({ port: server.address().port });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
  });
}
