/** A row of the sandbox's `products` table. */
export interface DemoProduct {
  readonly id: string;
  readonly name: string;
  /** Major units, as numeric text. */
  readonly price: string;
  readonly inventory_count: number;
  readonly description: string;
  readonly image_url: string;
}

/**
 * The demo shop: a harbourside pottery and kitchenware workshop. Stock ranges from sold out and last one to plenty, so
 * that every state of a product page can be seen. The ids are fixed, so links and tests can rely on them.
 */
export const DEMO_PRODUCTS: readonly DemoProduct[] = [
  {
    id: "6f1c2a54-8d0e-4b7a-9c35-1e8f0a7b4d01",
    name: "Tide Mug",
    price: "28.00",
    inventory_count: 24,
    description:
      "Thrown in speckled stoneware and dipped twice, so that the glaze leaves its own tide line. Holds 320 ml, and a handle you can get three fingers through. Goes in the dishwasher and comes out the same.",
    image_url: "/products/tide-mug.svg",
  },
  {
    id: "0b9d7e31-52f4-4c68-a1d7-93c2e6f80a02",
    name: "Harbour Bowl",
    price: "64.00",
    inventory_count: 7,
    description:
      "A wide serving bowl for whatever came in that morning: 30 cm across and deep enough for a salad that gets tossed properly. Glazed the green of the water under the pier. The foot is left bare, so it stays where you put it.",
    image_url: "/products/harbour-bowl.svg",
  },
  {
    id: "c47a0f92-3b6e-4d15-8e29-7f50b1d3ca03",
    name: "Pebble Salt Cellar",
    price: "18.00",
    inventory_count: 40,
    description:
      "Small, heavy and rounded like something you would pocket on a beach. The lid lifts with a thumb and keeps flaky salt dry next to the stove. About 90 g of sea salt to a filling.",
    image_url: "/products/pebble-salt-cellar.svg",
  },
  {
    id: "e2854d1b-97ac-4f03-b6d8-20a9c75e1f04",
    name: "Lighthouse Pepper Mill",
    price: "46.00",
    inventory_count: 12,
    description:
      "Turned from two woods, maple and smoked oak, one band after the other. Inside is a ceramic grinder that will outlive us both; a turn of the lamp room goes from dust to cracked. 24 cm tall.",
    image_url: "/products/lighthouse-pepper-mill.svg",
  },
  {
    id: "15d3b8c7-a04f-4e92-9f61-c8e7025b3d05",
    name: "Driftwood Board",
    price: "52.00",
    inventory_count: 9,
    description:
      "A bread board cut along the grain, so no two have the same outline. One side is flat for slicing, the other has a groove that keeps a roast's juices off the table. Oiled with linseed; do it again when it looks thirsty.",
    image_url: "/products/driftwood-board.svg",
  },
  {
    id: "9a60e5f3-1c7d-4b28-8a94-5d3f7be16c06",
    name: "Skerry Plate",
    price: "34.00",
    inventory_count: 32,
    description:
      "Our everyday dinner plate, 27 cm, with a rim that is raised just enough to chase peas against. Three rings are drawn in slip while it still turns on the wheel. Stacks quietly.",
    image_url: "/products/skerry-plate.svg",
  },
  {
    id: "48f2c09d-6eb1-4a57-b3c0-e19d84a25f07",
    name: "Foghorn Teapot",
    price: "86.00",
    inventory_count: 1,
    description:
      "Spout, lid, handle and pot are thrown apart and put together the next morning, which is why there are never many. It pours without dribbling and holds 900 ml, enough to wait for the weather to clear.",
    image_url: "/products/foghorn-teapot.svg",
  },
  {
    id: "b73e1d68-0f95-4c2a-a7e4-3861fd9c0b08",
    name: "Limpet Espresso Cup",
    price: "22.00",
    inventory_count: 18,
    description:
      "A thick little cup with ribs that fit the fingertips and keep them from the heat. 80 ml, wide at the foot, hard to knock over. Sold singly, since people lose them singly.",
    image_url: "/products/limpet-espresso-cup.svg",
  },
  {
    id: "3dc98a07-f2b4-4e61-95d8-a47c0e5b1609",
    name: "Cormorant Jug",
    price: "58.00",
    inventory_count: 5,
    description:
      "Long in the neck and dark as the bird it is named for, in a matt black that we fire slowly for two days. Takes a litre and a half of water, or the tall stems from the market.",
    image_url: "/products/cormorant-jug.svg",
  },
  {
    id: "f80b36e2-7d19-4a5c-8c43-6be2915df010",
    name: "Kelp Tea Towel",
    price: "16.00",
    inventory_count: 100,
    description:
      "Heavy linen, washed before you get it, so it dries a glass from the first day. The fronds are printed by hand with one block and a good deal of patience. 50 by 70 cm, with a loop.",
    image_url: "/products/kelp-tea-towel.svg",
  },
  {
    id: "2ea71c5f-b860-4d9b-a2f6-0c95d7e48b11",
    name: "Barnacle Bud Vase",
    price: "38.00",
    inventory_count: 6,
    description:
      "For one stem, perhaps two. The shell on its shoulder is pressed in dot by dot with the end of a paintbrush. Watertight, and weighted so that a tulip can lean as far as it likes.",
    image_url: "/products/barnacle-bud-vase.svg",
  },
  {
    id: "71c50d84-29fe-4b36-9d7a-e8f31b0a6c12",
    name: "Dory Butter Dish",
    price: "44.00",
    inventory_count: 2,
    description:
      "Named for the flat-bottomed boat it looks like when you turn the lid over. Takes a 250 g block and keeps it soft enough to spread in the morning. The last of this glaze until the autumn firing.",
    image_url: "/products/dory-butter-dish.svg",
  },
  {
    id: "ad46f7b1-53c8-4e0d-b18e-9270c4fa5d13",
    name: "Oarsman's Spoon",
    price: "19.00",
    inventory_count: 55,
    description:
      "Carved from cherry with a blade like an oar, flat enough to scrape a pan and deep enough to taste from. Right- and left-handed alike. It darkens with use, and looks better for it.",
    image_url: "/products/oarsmans-spoon.svg",
  },
  {
    id: "5b0e92d3-c61a-4f78-84b5-1fd7a3e96014",
    name: "Mooring Trivet",
    price: "26.00",
    inventory_count: 21,
    description:
      "Cotton rope, coiled and stitched by hand by the man who mends our nets. It takes a pot straight from the oven and folds into a drawer. 22 cm across.",
    image_url: "/products/mooring-trivet.svg",
  },
  {
    id: "d93f6a20-8e7b-4c14-a5f9-b420c7d18e15",
    name: "Gannet Egg Cup",
    price: "14.00",
    inventory_count: 36,
    description:
      "A plain white cup with one yellow stroke, done in a single breath. It holds an egg of any size upright and a spoonful of salt in its saucer.",
    image_url: "/products/gannet-egg-cup.svg",
  },
  {
    id: "876ad1ce-4f02-4b9d-9e63-50bc8f7e2a16",
    name: "Storm Lantern",
    price: "42.00",
    inventory_count: 0,
    description:
      "A pierced stoneware lantern that lets a candle through in small stars and keeps the wind out. We make twelve every winter, and they are gone by the first gale. Next firing in November.",
    image_url: "/products/storm-lantern.svg",
  },
];
