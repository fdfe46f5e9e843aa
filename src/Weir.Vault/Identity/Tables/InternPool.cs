// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Identity.Tables;

/// <summary>Values by small number, each kept once and forgotten when its last user goes.</summary>
internal sealed class InternPool<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _numbers = [];
    private readonly List<T> _values = [];
    private readonly List<int> _users = [];
    private readonly Stack<int> _free = new();

    public int Count => _numbers.Count;

    public T this[int number] => _values[number];

    public bool TryFind(T value, out int number) => _numbers.TryGetValue(value, out number);

    /// <summary>The number of a value, with one user more.</summary>
    public int Use(T value)
    {
        if (!_numbers.TryGetValue(value, out var number))
        {
            if (_free.TryPop(out number))
            {
                _values[number] = value;
                _users[number] = 0;
            }
            else
            {
                number = _values.Count;
                _values.Add(value);
                _users.Add(0);
            }

            _numbers[value] = number;
        }

        _users[number]++;
        return number;
    }

    /// <summary>One user less; true where it was the last.</summary>
    public bool Leave(int number)
    {
        if (--_users[number] > 0)
        {
            return false;
        }

        _numbers.Remove(_values[number]);
        _values[number] = default!;
        _free.Push(number);
        return true;
    }
}
