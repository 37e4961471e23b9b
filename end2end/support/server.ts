// A server of its own for a test: nothing at all, one organisation with its owner, or the demonstration.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

export const PASSWORD = "le rideau se leve a huit heures";
export const OWNER = "claire@theatre.example";

/** Where an organisation's pages are. */
export interface Address {
    url: string;
    org: string;
}

export interface Server extends Address {
    /** The demonstration's passwords, by address. */
    passwords: Map<string, string>;
    /** Runs another command of the program on the same data, and gives what it says. */
    command(...words: string[]): string;
    /** The path of the page of the first start, where nobody has an account. */
    setUp(): Promise<string>;
    /** As when the machine loses its power supply for a while: the data stay. */
    down(): Promise<void>;
    up(): Promise<void>;
    /** For good. */
    stop(): Promise<void>;
}

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const probe = createServer().listen(0, "127.0.0.1", () => {
            const { port } = probe.address() as { port: number };
            probe.close(() => resolve(port));
        });
    });
}

/** What is there when a server starts. */
type Holds = "nothing" | "owner" | "demo";

export async function startServer(engine: string, extra: Record<string, string> = {}, holds: Holds = "owner"): Promise<Server> {
    const binary = process.env.REGIE_BIN ?? join(import.meta.dirname, "../../target/debug/regie");
    const site = process.env.LEPTOS_SITE_ROOT ?? join(import.meta.dirname, "../../target/site");
    const data = mkdtempSync(join(tmpdir(), "regie-e2e-"));
    const env: Record<string, string | undefined> = { ...process.env, LEPTOS_SITE_ROOT: site, REGIE_DEVELOPMENT: "true", LOG_LEVEL: "warn", ...extra };
    if (engine === "postgres") {
        const admin = process.env.REGIE_TEST_POSTGRES!;
        const name = `e2e_${randomBytes(6).toString("hex")}`;
        execFileSync("psql", [admin, "-qc", `CREATE DATABASE ${name}`]);
        env.DATABASE_URL = admin.replace(/\/[^/]*$/, `/${name}`);
    }
    const command = (...words: string[]) => execFileSync(binary, [...words, "--data", data], { input: PASSWORD, env, encoding: "utf8" });
    const made = {
        nothing: () => "",
        owner: () => command("admin", "create", "--email", OWNER, "--org", "Théâtre du Mail", "--name", "Claire Vasseur", "--password-stdin"),
        demo: () => command("seed", "--demo"),
    };
    const told = made[holds]();
    const passwords = new Map(Array.from(told.matchAll(/(\S+@\S+)\s+(\S+)$/gm), ([, email, password]) => [email!, password!]));
    const port = await freePort();
    for (const [name, value] of Object.entries(extra)) env[name] = value.replace("{port}", String(port));
    const url = env.REGIE_PUBLIC_URL ?? `http://127.0.0.1:${port}`;
    let server: ChildProcess;
    let said = "";
    const up = async () => {
        server = spawn(binary, ["serve", "--addr", `127.0.0.1:${port}`, "--data", data], { env, stdio: ["ignore", "pipe", "inherit"] });
        server.stdout!.setEncoding("utf8").on("data", (text: string) => void (said += text));
        for (let tries = 0; ; tries++) {
            const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((answer) => answer.ok, () => false);
            if (ready) break;
            if (tries > 200 || server.exitCode !== null) throw new Error("the server does not start");
            await new Promise((again) => setTimeout(again, 50));
        }
    };
    const down = () =>
        new Promise<void>((done) => {
            server.once("exit", () => done());
            server.kill("SIGTERM");
        });
    const stop = async () => {
        await down();
        rmSync(data, { recursive: true, force: true });
    };
    const setUp = async () => {
        for (let tries = 0; tries < 100; tries++) {
            const [, link] = /(\/setup\/\S+)\n/.exec(said) ?? [];
            if (link) return link;
            await new Promise((again) => setTimeout(again, 50));
        }
        throw new Error(`the server names no page of the first start: ${said}`);
    };
    await up();
    return { url, org: holds === "demo" ? "compagnie-des-lumieres" : "theatre-du-mail", passwords, command, setUp, down, up, stop };
}
