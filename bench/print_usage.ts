/** Is loaded before a program, and prints at its end what it took: CPU in seconds, and the most memory in MB. @module */
import process from "node:process";

process.on("exit", () => {
  const { system, user } = process.cpuUsage();
  console.error("usage", (user + system) / 1e6, process.resourceUsage().maxRSS / 1024);
});
