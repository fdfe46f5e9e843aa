// SPDX-License-Identifier: Apache-2.0
//
// STIX patterns, read for what flows can show. An observation "[ … ]" compares properties of one observed thing, joined
// by AND and OR; observations are joined by AND, OR and FOLLOWEDBY. A pattern becomes a list of endpoints: OR gives
// each of its sides; AND and FOLLOWEDBY give all of theirs, but only where every side is one that flows show, since an
// endpoint alone would claim more than the pattern does. Whatever restricts in a way flows cannot show is refused with
// its place, never taken as if the restriction were not there. Qualifiers: WITHIN is taken (one contact is within any
// time); REPEATS beyond once and START … STOP are refused.
//
// Standards: STIX 2.1 §9 (the same grammar as STIX 2.0 part 5).
using System.Globalization;

namespace Weir.Desk.Lists.Feeds.Stix;

/// <summary>One comparison: a path, an operator, the values it names.</summary>
internal readonly record struct StixComparison(string Path, string Operator, bool Negated, List<string> Values, int At);

/// <summary>An endpoint a pattern names.</summary>
/// <param name="What">Address, network or name, with port and protocol.</param>
/// <param name="IsSource">Named as where traffic comes from (<c>src_ref</c>), not where it goes.</param>
internal readonly record struct StixTerm(Indicator What, bool IsSource);

/// <summary>What a pattern amounts to.</summary>
internal sealed class StixPatternResult
{
    public List<StixTerm> Terms { get; } = [];

    /// <summary>Types of observed things that flows do not show: "file", "url".</summary>
    public SortedSet<string> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>Sentences with their place, one for each part refused.</summary>
    public List<string> Faults { get; } = [];

    public void Add(StixPatternResult other)
    {
        Terms.AddRange(other.Terms);
        Others.UnionWith(other.Others);
        Faults.AddRange(other.Faults);
    }
}

/// <summary>Recursive descent over one pattern. Depth and size are bounded; nothing in the text
/// makes it throw.</summary>
internal sealed class StixPattern
{
    private const int LongestPattern = 65_536;
    private const int DeepestNesting = 32;
    private const int MaxAlternatives = 1_024;
    private const long MaxComparisons = 16_384;

    private StixLexer _token;
    private string? _fault;
    private int _depth;

    private StixPattern(string text) => _token = new StixLexer(text);

    public static StixPatternResult Read(string text)
    {
        var reading = new StixPatternResult();
        if (text.Length > LongestPattern)
        {
            reading.Faults.Add("a pattern longer than 65,536 characters");
            return reading;
        }

        var pattern = new StixPattern(text);
        pattern._token.Move();
        var found = pattern.Observations();
        if (pattern._fault is null && pattern._token.Kind != StixToken.End)
        {
            pattern.Fail("the end of the pattern");
        }

        if (pattern._fault is { } fault)
        {
            reading.Faults.Add(fault);
            return reading;
        }

        reading.Add(found);
        return reading;
    }

    private bool IsWord(string word) => _token.Kind == StixToken.Word && _token.Value == word;

    private bool IsSign(string sign) => _token.Kind == StixToken.Sign && _token.Value == sign;

    private bool TakeWord(string word)
    {
        if (!IsWord(word))
        {
            return false;
        }

        _token.Move();
        return true;
    }

    private bool TakeSign(string sign)
    {
        if (!IsSign(sign))
        {
            return false;
        }

        _token.Move();
        return true;
    }

    private void Fail(string expected) =>
        _fault ??= string.Create(
            CultureInfo.InvariantCulture, $"at {_token.At}: {expected} expected, found {_token.Value}");

    private void Expect(string sign)
    {
        if (!TakeSign(sign))
        {
            Fail($"'{sign}'");
        }
    }

    // observations := sequence ((OR | FOLLOWEDBY | AND) sequence)* ; AND binds tighter than OR, OR than FOLLOWEDBY.
    private StixPatternResult Observations() =>
        Joined("FOLLOWEDBY", () => Joined("OR", () => Joined("AND", Observation, all: true), all: false), all: true);

    private StixPatternResult Joined(string word, Func<StixPatternResult> part, bool all)
    {
        var first = part();
        if (_fault is not null || !IsWord(word))
        {
            return first;
        }

        var parts = new List<StixPatternResult> { first };
        while (_fault is null && TakeWord(word))
        {
            parts.Add(part());
        }

        var joined = new StixPatternResult();
        parts.ForEach(joined.Add);
        if (all && (joined.Others.Count > 0 || joined.Faults.Count > 0) && joined.Terms.Count > 0)
        {
            joined.Terms.Clear();
            if (joined.Others.Count > 0)
            {
                joined.Faults.Add(
                    $"also asks for {string.Join(", ", joined.Others)} ({word}), which flows do not show");
            }
        }

        return joined;
    }

    private StixPatternResult Observation()
    {
        var found = new StixPatternResult();
        if (++_depth > DeepestNesting)
        {
            _fault ??= "nested deeper than 32";
        }
        else if (TakeSign("["))
        {
            found = StixInterpretation.Interpret(Alternatives());
            Expect("]");
        }
        else if (TakeSign("("))
        {
            found = Observations();
            Expect(")");
        }
        else
        {
            Fail("'['");
        }

        _depth--;
        return _fault is null ? Qualified(found) : found;
    }

    private StixPatternResult Qualified(StixPatternResult found)
    {
        while (_fault is null && _token.Kind == StixToken.Word && _token.Value is "WITHIN" or "REPEATS" or "START")
        {
            var (word, at) = (_token.Value, _token.At);
            _token.Move();
            var amount = _token.Kind == StixToken.Literal ? _token.Value : "";
            if (amount.Length == 0)
            {
                Fail("a number or a time");
                return found;
            }

            _token.Move();
            var unit = word switch { "WITHIN" => "SECONDS", "REPEATS" => "TIMES", _ => "STOP" };
            if (!TakeWord(unit))
            {
                Fail(unit);
                return found;
            }

            if (word == "START")
            {
                _token.Move();
            }

            if (word == "START" || (word == "REPEATS" && amount != "1"))
            {
                found.Terms.Clear();
                found.Faults.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"at {at}: {word} restricts in a way that one contact does not show"));
            }
        }

        return found;
    }

    // The comparison expression as alternatives of joined comparisons (disjunctive form).
    private List<List<StixComparison>> Alternatives()
    {
        var alternatives = Joint();
        while (_fault is null && TakeWord("OR"))
        {
            alternatives.AddRange(Joint());
        }

        return alternatives;
    }

    private List<List<StixComparison>> Joint()
    {
        var left = Comparison();
        long terms = left.Count == 0 ? 0 : left.Max(static alternative => alternative.Count);
        while (_fault is null && TakeWord("AND"))
        {
            var right = Comparison();
            if ((long)left.Count * right.Count > MaxAlternatives)
            {
                _fault ??= "more than 1,024 alternatives";
                break;
            }

            // Each alternative holds its comparisons again: their number is bounded as well, so that no text costs more
            // than its length.
            terms += right.Count == 0 ? 0 : right.Max(static alternative => alternative.Count);
            if (terms * left.Count * right.Count > MaxComparisons)
            {
                _fault ??= "alternatives of more than 16,384 comparisons together";
                break;
            }

            if (right.Count == 1)
            {
                left.ForEach(alternative => alternative.AddRange(right[0]));
            }
            else
            {
                left = [.. left.SelectMany(_ => right, (a, b) => (List<StixComparison>)[.. a, .. b])];
            }
        }

        return left;
    }

    private List<List<StixComparison>> Comparison()
    {
        if (IsSign("("))
        {
            if (++_depth > DeepestNesting)
            {
                _fault ??= "nested deeper than 32";
                return [];
            }

            _token.Move();
            var inner = Alternatives();
            Expect(")");
            _depth--;
            return inner;
        }

        var at = _token.At;
        var negated = TakeWord("NOT");
        var exists = TakeWord("EXISTS");
        if (_token.Kind != StixToken.Path)
        {
            Fail("an object path");
            return [];
        }

        var path = _token.Value;
        _token.Move();
        if (exists)
        {
            return [[new(path, "EXISTS", negated, [], at)]];
        }

        negated |= TakeWord("NOT");
        var name = _token.Value;
        if (_token.Kind is not (StixToken.Sign or StixToken.Word)
            || name is not ("=" or "!=" or "<" or "<=" or ">" or ">="
                or "IN" or "LIKE" or "MATCHES" or "ISSUBSET" or "ISSUPERSET"))
        {
            Fail("an operator");
            return [];
        }

        _token.Move();
        var values = name == "IN" ? Set() : One();
        return [[new(path, name, negated, values, at)]];
    }

    private List<string> One()
    {
        if (_token.Kind != StixToken.Literal)
        {
            Fail("a value");
            return [];
        }

        var value = _token.Value;
        _token.Move();
        return [value];
    }

    private List<string> Set()
    {
        var values = new List<string>();
        Expect("(");
        do
        {
            values.AddRange(One());
        }
        while (_fault is null && TakeSign(","));

        Expect(")");
        return values;
    }
}
