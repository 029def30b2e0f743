/**
 * The completion scripts of shells. A script asks `dbtc __complete` for each word, so it knows every command, and the
 * names of jobs and environments, and never has to be made anew.
 *
 * `dbtc __complete SHELL WORD…` prints a line for each word that fits: the word, a tab and its description. One line
 * `:file` or `:directory` stands for the names of files or folders, which the shell knows better.
 *
 * @module
 */

/** A shell that has a script. */
export type Shell = "bash" | "zsh" | "fish" | "powershell";

const bash = `# Completions of dbtc for bash. In ~/.bashrc:
#   source <(dbtc --completions bash)
_dbtc() {
  local line current=\${COMP_WORDS[COMP_CWORD]}
  # Bash splits --flag=value at the "=".
  [[ $current == "=" ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
      :directory) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
      *)
        line=\${line%%$'\\t'*}
        # Within quotes, nothing needs a backslash.
        [[ $current == [\\"\\']* ]] || printf -v line %q "$line"
        COMPREPLY+=("$line") ;;
    esac
  done < <(dbtc __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _dbtc dbtc
`;

const zsh = `#compdef dbtc
# Completions of dbtc for zsh. In ~/.zshrc, after compinit:
#   source <(dbtc --completions zsh)
_dbtc() {
  local line value
  local -a found
  for line in "\${(@f)$(dbtc __complete zsh "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      "") ;;
      :file) compset -P '--*='; _files ;;
      :directory) compset -P '--*='; _files -/ ;;
      *)
        value=\${line%%$'\\t'*}
        found+=("\${value//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( $#found )) && _describe -V dbtc found
}
compdef _dbtc dbtc
`;

const fish = `# Completions of dbtc for fish. In ~/.config/fish/config.fish:
#   dbtc --completions fish | source
function __dbtc_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (dbtc __complete fish $words[2..] 2>/dev/null)
    switch "$found[1]"
        case :file
            __fish_complete_path (commandline -ct)
        case :directory
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\\n' $found
    end
end
complete -c dbtc -f -a '(__dbtc_complete)'
`;

const powershell = `# Completions of dbtc for PowerShell. In $PROFILE:
#   dbtc --completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName dbtc -ScriptBlock {
  param($word, $line, $cursor)
  $words = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.StartOffset -lt $cursor } |
    ForEach-Object { "$_" })
  if ($word -eq '') { $words += '""' }
  dbtc __complete powershell @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    $shown = if ($value -match '[^\\w.=-]') { "'" + ($value -replace "'", "''") + "'" } else { $value }
    [System.Management.Automation.CompletionResult]::new($shown, $value, 'ParameterValue', $text)
  }
}
`;

/** The script of each shell. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
