/** Who is signed in: profile, theme, signing out. */

import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, LogOut, Moon, Sun, SunMoon, User } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";

import { api, ok } from "../api/client";
import { useAccount } from "../api/account";
import { Face } from "../ui/extras";
import { end } from "./session";
import { applyTheme, theme, THEMES, type Theme } from "./theme";

const ICONS: Record<Theme, typeof Sun> = { system: SunMoon, light: Sun, dark: Moon };
const NAMES: Record<Theme, string> = { system: "Theme of the system", light: "Light theme", dark: "Dark theme" };

export function UserMenu() {
  const navigate = useNavigate();
  const account = useAccount().data;
  const [chosen, setChosen] = useState(theme);
  const leave = async (): Promise<void> => {
    const there = await ok(api.POST("/v1/auth/sign-out")).catch(() => ({ url: null }));
    end();
    if (there.url != null) location.assign(there.url);
    else await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="user">
        <span className="visually-hidden">Account</span>
        <Face name={account?.name ?? "?"} />
        <span className="who"><b>{account?.name ?? " "}</b><small>{account?.email}</small></span>
        <ChevronsUpDown size={14} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" side="top" align="start" sideOffset={6}>
          <DropdownMenu.Item onSelect={() => void navigate({ to: "/settings/$section", params: { section: "profile" } })}><User size={15} aria-hidden /> Profile and security</DropdownMenu.Item>
          <DropdownMenu.Separator className="rule" />
          <DropdownMenu.RadioGroup value={chosen} onValueChange={(value) => { applyTheme(value as Theme); setChosen(value as Theme); }}>
            {THEMES.map((each) => {
              const Icon = ICONS[each];
              return <DropdownMenu.RadioItem key={each} value={each} onSelect={(event) => event.preventDefault()}><Icon size={15} aria-hidden /> {NAMES[each]}{chosen === each && <i className="dot" />}</DropdownMenu.RadioItem>;
            })}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="rule" />
          <DropdownMenu.Item onSelect={() => void leave()}><LogOut size={15} aria-hidden /> Sign out</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
