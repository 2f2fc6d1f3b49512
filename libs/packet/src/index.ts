export { ACK, Drop, FIN, Packet, PSH, RST, SYN, TCP, Tunnel, UDP, URG } from './packet.ts';
