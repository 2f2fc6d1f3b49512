/** Command bytes (MySQL client/server protocol, "Command phase"; MariaDB: the same). */
export const Command = {
  quit: 0x01,
  initDb: 0x02,
  query: 0x03,
  fieldList: 0x04,
  statistics: 0x09,
  processKill: 0x0c,
  changeUser: 0x11,
  prepare: 0x16,
  execute: 0x17,
  sendLongData: 0x18,
  closeStatement: 0x19,
  fetch: 0x1c,
} as const;

/** Names by command byte. */
export const commandNames: readonly string[] =
  `SLEEP QUIT INIT_DB QUERY FIELD_LIST CREATE_DB DROP_DB REFRESH SHUTDOWN STATISTICS PROCESS_INFO CONNECT PROCESS_KILL DEBUG
  PING TIME DELAYED_INSERT CHANGE_USER BINLOG_DUMP TABLE_DUMP CONNECT_OUT REGISTER_SLAVE STMT_PREPARE STMT_EXECUTE
  STMT_SEND_LONG_DATA STMT_CLOSE STMT_RESET SET_OPTION STMT_FETCH DAEMON BINLOG_DUMP_GTID RESET_CONNECTION`.split(
    /\s+/,
  );

/** Commands that are never answered. */
export const isUnanswered = (command: number): boolean =>
  command === Command.quit || command === Command.closeStatement || command === Command.sendLongData;
