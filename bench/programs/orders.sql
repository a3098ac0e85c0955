CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT UNIQUE, region TEXT, credit REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000)
INSERT INTO customers SELECT i, 'customer ' || printf('%05d', i*7919 % 10007), substr('northsoutheast west ', 1 + 5*(i % 4), 5), (i*31 % 997) * 1.5 FROM n;
CREATE TABLE orders(id INTEGER PRIMARY KEY, cust INTEGER, amount REAL, at TEXT, note TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 200000)
INSERT INTO orders SELECT i, 1 + i*7919 % 2000, round((i*104729 % 100003)/100.0, 2), date('2024-01-01', '+' || (i % 365) || ' days'),
  'order ' || (i % 1013) || ' of ' || substr('red green blue black white amber ', 1 + (i % 6)*5, 6) || ' goods lot ' || (i*31 % 4099) FROM n;
CREATE INDEX oc ON orders(cust, at);
CREATE INDEX oa ON orders(amount);
SELECT count(*), round(sum(amount),2), min(at), max(at) FROM orders;
SELECT c.region, count(*), round(sum(o.amount),2), printf('%.3f', avg(o.amount*c.credit)) FROM orders o JOIN customers c ON c.id = o.cust GROUP BY c.region ORDER BY 1;
SELECT c.name, count(*) n, round(total(o.amount),2) t FROM customers c LEFT JOIN orders o ON o.cust = c.id AND o.at >= '2024-06-01' GROUP BY c.id HAVING n > 50 ORDER BY t DESC, c.name LIMIT 8;
SELECT count(*) FROM orders a JOIN orders b ON a.cust = b.cust AND a.at = b.at AND a.id < b.id;
SELECT strftime('%m', at) m, count(DISTINCT cust), round(max(amount),2), length(group_concat(DISTINCT substr(note, 1, 9))) FROM orders WHERE amount > 500 GROUP BY m ORDER BY m;
SELECT sum(r), max(s), round(sum(d),2) FROM (SELECT rank() OVER (PARTITION BY cust ORDER BY amount DESC, id) r, sum(amount) OVER (PARTITION BY cust ORDER BY at, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) s, amount - lag(amount, 1, 0) OVER (ORDER BY id) d FROM orders);
SELECT cust, ntile(4) OVER (ORDER BY sum(amount), cust) q FROM orders GROUP BY cust ORDER BY q DESC, cust LIMIT 5;
CREATE VIRTUAL TABLE doc USING fts5(body);
INSERT INTO doc(rowid, body) SELECT id, note FROM orders WHERE id % 4 = 0;
SELECT count(*) FROM doc('green OR amber');
SELECT count(*), min(rowid) FROM doc('"lot 4*" NOT red');
SELECT rowid, highlight(doc,0,'[',']') FROM doc('black AND 1081') ORDER BY rank, rowid LIMIT 5;
CREATE VIRTUAL TABLE rt USING rtree(id,x0,x1,y0,y1);
INSERT INTO rt SELECT id, id%500, id%500+1+id%3, id/500, id/500+1+id%2 FROM orders WHERE id<=60000;
SELECT count(*), sum(id) FROM rt WHERE x0>=100 AND x1<=200 AND y0>=20 AND y1<=50;
SELECT count(*) FROM rt a, orders o WHERE a.id = o.id AND a.x0 BETWEEN 10 AND 40 AND o.amount > 700;
UPDATE orders SET amount = amount * 1.01 WHERE cust % 7 = 3;
BEGIN; DELETE FROM orders WHERE id % 5 = 0; ROLLBACK;
SELECT json_extract(json_group_array(json_object('c', cust, 'n', n)), '$[10].n') FROM (SELECT cust, count(*) n FROM orders GROUP BY cust ORDER BY cust);
WITH RECURSIVE t(i, h) AS (SELECT 0, 17 UNION ALL SELECT i+1, (h*31 + i) % 1000003 FROM t WHERE i < 300000) SELECT max(h) FROM t;
SELECT count(*) FROM orders WHERE note LIKE '%blue%lot%7';
SELECT round(sum(amount),2) FROM orders;
