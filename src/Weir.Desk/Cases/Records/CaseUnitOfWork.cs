// SPDX-License-Identifier: Apache-2.0
//
// What is about to happen to case files: thought through whole, then audited, then written, then in force (house
// convention C14). Nothing of it is seen by anybody before that.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases.Records;

/// <summary>Changes on top of the book, with the audit entries that come before them. One use, one thread.</summary>
internal sealed class CaseUnitOfWork(CaseRegistry book, DateTimeOffset now)
{
    private readonly Dictionary<CaseId, CaseFile> _files = [];
    private readonly Dictionary<SubjectKey, CaseId> _taking = [];
    private readonly List<StoredScope> _scopes = [];
    private readonly HashSet<ScopeId> _opened = [];
    private readonly Dictionary<ScopeId, ScopeStateRecord> _marks = [];
    private readonly List<StoredComment> _comments = [];
    private readonly Dictionary<ScopeId, StoredGrounds> _grounds = [];
    private readonly List<HandledEvent> _handled = [];
    private readonly List<CaseId> _erased = [];

    public DateTimeOffset Now => now;

    public List<AuditEntry> Entries { get; } = [];

    /// <summary>Scopes that collectors are to record, or to record otherwise than before.</summary>
    public Dictionary<ScopeId, CaseScope> Watched { get; } = [];

    public List<ScopeId> Over { get; } = [];

    public List<StoredApproval> Approvals { get; } = [];

    /// <summary>Events that wait with their network.</summary>
    public List<HeldEvent> Held { get; } = [];

    /// <summary>What the brake knows and stands otherwise than before.</summary>
    public Dictionary<HeldName, HeldNetwork> Networks { get; } = [];

    /// <summary>How it stood before; null where it was none.</summary>
    public Dictionary<HeldName, HeldNetwork?> Before { get; } = [];

    /// <summary>Networks and edits whose events go.</summary>
    public HashSet<HeldName> Fallen { get; } = [];

    /// <summary>Those that are known no more.</summary>
    public HashSet<HeldName> Forgotten { get; } = [];

    public IEnumerable<CaseFile> Files => _files.Values;

    public bool IsEmpty => Entries.Count == 0 && _files.Count == 0 && _handled.Count == 0 && Approvals.Count == 0
        && Networks.Count == 0 && Fallen.Count == 0 && Forgotten.Count == 0;

    public CaseFile? Get(CaseId id) => _files.GetValueOrDefault(id) ?? book.Get(id);

    public CaseFile? Taking(SubjectKey subject) =>
        _taking.TryGetValue(subject, out var id) && _files[id].TakesEvents ? _files[id]
        : book.Taking(subject) is { } file && Get(file.Id) is { TakesEvents: true } now ? now
        : null;

    /// <summary>The subject's case files that are closed, latest first.</summary>
    public IEnumerable<CaseFile> Closed(SubjectKey subject) =>
        book.Closed(subject).Select(file => Get(file.Id)!)
            .Where(file => file.State == CaseState.Closed).OrderByDescending(file => file.ClosedAt);

    /// <summary>The subject's scopes, as they would stand.</summary>
    public IEnumerable<CaseScope> GetScopes(SubjectKey subject)
    {
        var files = book.Files(subject).Select(file => file.Id);
        return (_taking.TryGetValue(subject, out var id) ? files.Append(id).Distinct() : files)
            .SelectMany(file => Get(file)!.Scopes);
    }

    public void Put(CaseFile file)
    {
        _files[file.Id] = file;
        _taking[file.Subject] = file.Id;
    }

    /// <summary>Somebody did something about a case; one that is closed, or is none, stays as it is.</summary>
    public void Touch(CaseId id)
    {
        if (Get(id) is { TakesEvents: true } file)
        {
            Put(file with { TouchedAt = now });
        }
    }

    /// <summary>Whether a scope comes to stand otherwise than before, or anew.</summary>
    public bool IsMarked(ScopeId id) => _marks.ContainsKey(id);

    /// <summary>Whether a scope has this number, or had it and is erased.</summary>
    public bool IsKnown(ScopeId id) => _opened.Contains(id) || book.Scope(id) is not null;

    /// <summary>A scope that did not stand in its file before.</summary>
    public CaseFile Open(CaseFile file, StoredScope row, CaseScope scope)
    {
        _scopes.Add(row);
        _ = _opened.Add(row.Id);
        return Mark(file, scope);
    }

    /// <summary>A scope that stands otherwise than before.</summary>
    public CaseFile Mark(CaseFile file, CaseScope scope)
    {
        _marks[scope.Scope.Id] = new(scope.Scope.Id, scope.State, scope.LastMs, scope.UntilMs, now);
        if (file.Scopes.FirstOrDefault(s => s.Scope.Id == scope.Scope.Id)?.Envelopes != scope.Envelopes)
        {
            _grounds[scope.Scope.Id] = new(scope.Scope.Id, scope.Envelopes);
        }

        var next = file.With(scope);
        Put(next);
        if (scope.State is ScopeState.Open or ScopeState.Sealed)
        {
            Watched[scope.Scope.Id] = scope;
            _ = Over.Remove(scope.Scope.Id);
        }
        else
        {
            _ = Watched.Remove(scope.Scope.Id);
            Over.Add(scope.Scope.Id);
        }

        return next;
    }

    public void Comment(CaseId id, CaseComment comment) => _comments.Add(new(id, comment));

    /// <summary>An event is handled: it belongs to a case, or to none.</summary>
    public void Handle(JournaledEvent journaled, CaseId? to) => _handled.Add(new(journaled.Scope, to));

    public void Erase(CaseFile file)
    {
        _erased.Add(file.Id);
        _files[file.Id] = file;
    }

    /// <summary>The machine's entry about a scope.</summary>
    public void Audit(
        string act, string outcome, CaseFile file, CaseScope? scope, string reason, string result = "") =>
        Entries.Add(new AuditEntry
        {
            Actor = Actor.Weir.Name,
            Role = Actor.Weir.RoleWord,
            Act = act,
            Outcome = outcome,
            Purpose = scope is null ? "" : Purposes.ToName(scope.Scope.Purpose),
            Case = file.Id.ToString(),
            Scope = scope?.Scope.Id.ToString() ?? "",
            Subject = file.State == CaseState.Erased ? "" : file.Subject.ToString(),
            Rule = scope?.Scope.Trigger ?? "",
            PredicateDigest = scope is null ? "" : Digest(scope.Scope.Class.ToString()),
            Reason = reason,
            Result = result,
        });

    public CaseChanges Changes => new()
    {
        Cases = [.. _files.Values.Select(RowOf)],
        Scopes = _scopes,
        Marks = _marks.Values,
        Grounds = _grounds.Values,
        Comments = _comments,
        Approvals = Approvals,
        Handled = _handled,
        Erased = _erased,
        Held = Held,
        Networks = Networks.Values,
        Fallen = Fallen,
        Forgotten = Forgotten,
    };

    internal static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static StoredCase RowOf(CaseFile file) => new()
    {
        Id = file.Id,
        Subject = file.Subject,
        Epoch = file.Epoch,
        State = file.State,
        OpenedAt = file.OpenedAt,
        Assignee = file.Assignee,
        SnoozedUntil = file.SnoozedUntil,
        ClosedAt = file.ClosedAt,
        ErasedAt = file.ErasedAt,
        Verdict = file.Verdict,
        IsSealed = file.IsSealed,
        TouchedAt = file.TouchedAt,
        Reissues = file.Reissues,
    };
}
