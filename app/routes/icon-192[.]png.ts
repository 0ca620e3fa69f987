import { iconRoute } from "~/api/look-routes.server";

const route = iconRoute("icon-192.png");

export { route as loader, route as action };
