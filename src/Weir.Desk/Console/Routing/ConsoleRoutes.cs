// SPDX-License-Identifier: Apache-2.0
//
// Addresses of the console. Each stands on a route of the API, whose roles are its own: no page has a rule of who may.
namespace Weir.Desk.Console.Routing;

/// <summary>One address.</summary>
internal sealed record ConsoleRoute
{
    /// <summary><c>GET</c> or <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Without a stroke in front; empty for the first page. Parts in braces are the caller's.</summary>
    public required string Path { get; init; }

    /// <summary>Method and path of the API's route it stands on.</summary>
    public required string Needs { get; init; }

    /// <summary>Which line of the navigation it belongs to.</summary>
    public required string Section { get; init; }

    public required Func<ConsoleCall, Task<ConsoleAnswer>> Answer { get; init; }

    /// <summary>Whether a session that nobody uses may still see it; it says what stands on a wall alone.</summary>
    public Func<ConsoleCall, bool> IsForIdle { get; init; } = _ => false;

    /// <summary>Whether to open it is an act on record: only who asks for it from this console has it opened.</summary>
    public bool IsLook { get; init; }

    public string Name => $"{Method} /{Path}";
}

/// <summary>The closed list, and what of it stands in the navigation.</summary>
internal sealed class ConsoleRoutes
{
    private readonly List<ConsoleRoute> _routes = [];
    private readonly List<ConsoleSection> _sections = [];

    public IReadOnlyList<ConsoleRoute> All => _routes;

    /// <summary>The lines of the navigation, in the order of their pages.</summary>
    public IReadOnlyList<ConsoleSection> Sections => _sections;

    /// <summary>Adds a line to the navigation, and the page that it opens.</summary>
    /// <exception cref="ArgumentException">The name or the address is given twice.</exception>
    public ConsoleRoutes Section(ConsoleSection section, Func<ConsoleCall, Task<ConsoleAnswer>> answer)
    {
        AddSection(section);
        return Page(section.Path, $"GET {section.Needs}", section.Name, answer);
    }

    /// <summary>Adds a line to the navigation alone.</summary>
    /// <exception cref="ArgumentException">The name is given twice.</exception>
    public ConsoleRoutes AddSection(ConsoleSection section)
    {
        if (_sections.Exists(other => other.Name == section.Name))
        {
            throw new ArgumentException($"the console has two sections '{section.Name}'");
        }

        _sections.Add(section);
        return this;
    }

    /// <summary>Adds a page.</summary>
    public ConsoleRoutes Page(string path, string needs, string section, Func<ConsoleCall,
        Task<ConsoleAnswer>> answer) =>
        Add(new() { Method = "GET", Path = path, Needs = needs, Section = section, Answer = answer });

    /// <summary>Adds a page whose opening stands on record. It is opened by a link of this console, or by a form that
    /// says so.</summary>
    public ConsoleRoutes Look(string path, string needs, string section, Func<ConsoleCall,
        Task<ConsoleAnswer>> answer) =>
        Add(new() { Method = "GET", Path = path, Needs = needs, Section = section, Answer = answer, IsLook = true })
            .Act(path, needs, section, answer);

    /// <summary>Adds an act of a form.</summary>
    public ConsoleRoutes Act(string path, string needs, string section, Func<ConsoleCall,
        Task<ConsoleAnswer>> answer) =>
        Add(new() { Method = "POST", Path = path, Needs = needs, Section = section, Answer = answer });

    /// <exception cref="ArgumentException">The address is given twice.</exception>
    public ConsoleRoutes Add(ConsoleRoute route)
    {
        if (_routes.Exists(other => other.Name == route.Name))
        {
            throw new ArgumentException($"the console has two of {route.Name}");
        }

        _routes.Add(route);
        return this;
    }
}
