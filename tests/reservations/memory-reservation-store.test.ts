import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { describeReservationStore, storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";

describeReservationStore("the memory store", async () => {
  const clock = new ManualClock();
  return {
    store: createMemoryReservationStore({ clock, ...storeTiming }),
    advance: async (milliseconds) => clock.advance(milliseconds),
  };
});
