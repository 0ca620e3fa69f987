/** The literals of one of the SDK's enumerations, which also allow any other string. */
export type Literals<Enumeration> = Enumeration extends string
  ? string extends Enumeration
    ? never
    : Enumeration
  : never;
