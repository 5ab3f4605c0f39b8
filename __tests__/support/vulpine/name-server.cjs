// The outside's name server: one name leads to one address, all others to nothing. Its arguments are its own address, the name and what it leads to.
const { createSocket } = require('node:dgram');

const [own, known, address] = process.argv.slice(2);
const socket = createSocket('udp4');

socket.on('message', (query, { address: from, port }) => {
  const labels = [];
  let at = 12;
  for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const question = query.subarray(12, at + 5);
  const isKnown = labels.join('.') === known;
  const isAnswered = isKnown && question.readUInt16BE(question.length - 4) === 1;
  const header = Buffer.from([query[0], query[1], 0x81, isKnown ? 0x80 : 0x83, 0, 1, 0, isAnswered ? 1 : 0, 0, 0, 0, 0]);
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
  socket.send(Buffer.concat([header, question, ...(isAnswered ? [answer] : [])]), port, from);
});
socket.bind(53, own);
