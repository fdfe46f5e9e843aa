// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>All case files in memory. Written by the desk alone; read by anybody at any time.</summary>
internal sealed class CaseRegistry : IScopeRegistry
{
    private readonly ConcurrentDictionary<CaseId, CaseEntry> _cases = [];
    private readonly ConcurrentDictionary<ScopeId, CaseId> _scopes = [];
    private readonly ConcurrentDictionary<SubjectKey, CaseId[]> _subjects = [];

    private long _step;

    /// <summary>All files, without a copy of them.</summary>
    public IEnumerable<CaseFile> All => _cases.Select(one => one.Value.Case);

    public int Count => _cases.Count;

    /// <summary>Number of the latest step of any file.</summary>
    public long Step => Interlocked.Read(ref _step);

    /// <summary>Files by what is asked for.</summary>
    public CaseIndex Index { get; } = new();

    public CaseFile? Get(CaseId id) => Entry(id)?.Case;

    public CaseEntry? Entry(CaseId id) => _cases.GetValueOrDefault(id);

    public CaseScope? Scope(ScopeId id) =>
        _scopes.TryGetValue(id, out var at) && Get(at) is { } file
            ? file.Scopes.FirstOrDefault(s => s.Scope.Id == id)
            : null;

    /// <summary>The file that a subject's next event goes to; null where a new one is due.</summary>
    public CaseFile? Taking(SubjectKey subject) => Files(subject).FirstOrDefault(file => file.TakesEvents);

    public IEnumerable<CaseFile> Closed(SubjectKey subject) =>
        Files(subject).Where(file => file.State == CaseState.Closed);

    public ScopeStatus? Find(ScopeId scope) => Scope(scope)?.Standing;

    public IReadOnlyList<ScopeStatus> GetScopes(SubjectKey subject) =>
        [.. Files(subject)
            .SelectMany(file => file.Scopes).Where(s => s.State != ScopeState.Erased).Select(s => s.Standing)];

    public CaseStatus? FindCase(CaseId id) =>
        Get(id) is { } file ? new(id, file.Assignee, file.State == CaseState.Erased) : null;

    public void Put(CaseFile file)
    {
        // A name of an earlier epoch still leads to its case, for what comes late, until the case is erased.
        if (file.State == CaseState.Erased && Get(file.Id) is { } before)
        {
            Forget(before.Subject, file.Id);
        }

        var entry = new CaseEntry(file, CaseTraits.Of(file), Step + 1);
        var last = Entry(file.Id);
        _cases[file.Id] = entry;
        Index.Put(last, entry);
        Interlocked.Exchange(ref _step, entry.Step);
        foreach (var scope in file.Scopes)
        {
            _scopes[scope.Scope.Id] = file.Id;
        }

        if (file.State != CaseState.Erased)
        {
            _subjects.AddOrUpdate(file.Subject, [file.Id], (_, ids) => ids.Contains(file.Id) ? ids : [.. ids, file.Id]);
        }
    }

    /// <summary>The subject's files that are not erased.</summary>
    public IEnumerable<CaseFile> Files(SubjectKey subject) =>
        _subjects.TryGetValue(subject, out var ids)
            ? ids.Select(Get).OfType<CaseFile>().Where(f => f.State != CaseState.Erased)
            : [];

    private void Forget(SubjectKey subject, CaseId id)
    {
        var left = _subjects.GetValueOrDefault(subject, []).Where(other => other != id).ToArray();
        if (left.Length > 0)
        {
            _subjects[subject] = left;
        }
        else
        {
            _ = _subjects.TryRemove(subject, out _);
        }
    }
}
