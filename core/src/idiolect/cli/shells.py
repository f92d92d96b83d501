"""The command ``completion``, which prints the completion script of a shell.

The scripts are a few lines each: they call the program itself for completions (see
:mod:`idiolect.cli.completion`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from idiolect.settings.config import Config

_BASH: Final = r"""# idiolect: completion for bash
_idiolect() {
    local line=${COMP_LINE:0:COMP_POINT} cur kept answer name
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    cur=${words[-1]}
    COMPREPLY=()
    # bash takes some signs for the beginning of a word, and replaces only what follows.
    kept=
    [[ $cur == *[:=@]* ]] && kept=${cur%"${cur##*[:=@]}"}
    while IFS= read -r answer; do
        name=${answer%%$'\t'*}
        case $name in
            :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
            :dirs) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
            *) COMPREPLY+=("${name#"$kept"}") ;;
        esac
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _idiolect idiolect
"""
_ZSH: Final = r"""#compdef idiolect
# idiolect: completion for zsh
_idiolect() {
    local answer name
    local -a described
    for answer in "${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        name=${answer%%$'\t'*}
        case $name in
            '') ;;
            :files) _files ;;
            :dirs) _files -/ ;;
            *) described+=("${name//:/\\:}:${answer#*$'\t'}") ;;
        esac
    done
    (( $#described )) && _describe -V 'idiolect' described
}
if [[ ${funcstack[1]} == _idiolect ]]; then
    _idiolect "$@"
else
    compdef _idiolect idiolect
fi
"""
_FISH: Final = r"""# idiolect: completion for fish
function __idiolect_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for answer in ($words[1] __complete $words[2..] "$current" 2>/dev/null)
        switch $answer
            case ':files*'
                __fish_complete_path "$current"
            case ':dirs*'
                __fish_complete_directories "$current"
            case '*'
                echo $answer
        end
    end
end
complete -c idiolect -f -a '(__idiolect_complete)'
"""
SCRIPTS: Final = {"bash": _BASH, "fish": _FISH, "zsh": _ZSH}


def completion(config: Config, shell: str) -> None:
    """Print a shell completion script.

    Args:
        config: has the output stream; needs no file.
        shell: ``bash``, ``fish`` or ``zsh``.

    Raises:
        CommandError: the shell is unknown.
    """
    script = SCRIPTS.get(shell)
    if script is None:
        known = ", ".join(map(repr, SCRIPTS))
        raise CommandError(f"There is no completion for {shell!r}; expected one of {known}.")
    config.print_stdout("%s", script.rstrip())
