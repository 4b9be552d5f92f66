/** The tickets of the demo besides the main one, by what is special about them. */
export const ticketIds = {
  closedDissatisfied: '6948728206392295444',
  botStage: '6949088240624222236',
  unassigned: '6955412087630210114',
  deletedPicture: '6958823341190254601',
  noMessages: '6960017733201002548',
  veryLong: '6963330195500924031',
  hostile: '6967001122334455667',
  japanese: '6970226640081235987',
  english: '6973454902117777412',
  strange: '6976680031556608050',
  closedByUser: '6979001234567890123',
  waitingForUser: '6981122334455667788',
} as const;
