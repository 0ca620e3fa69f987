import { describeInterleavings } from "./describe-interleavings";
import { longSearches } from "./scenarios";

describeInterleavings(longSearches);
